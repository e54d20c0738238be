/** The identity document of an EC2 machine that registers. */
import type { RegisterContainerInstanceRequest } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import {
  AVAILABILITY_ZONE_ATTRIBUTE,
  EC2_INSTANCE_ID_ATTRIBUTE,
  type Attribute,
} from '../../../../model/container-instance.ts';
import { invalid } from '../../rules/refusals.ts';

const text = (pattern: RegExp) => z.string().max(128).regex(pattern);
const DOCUMENT = z.object({
  instanceId: text(/^i-[0-9a-f]{8,17}$/),
  instanceType: text(/^[a-z0-9][a-z0-9.-]*$/),
  availabilityZone: text(/^[a-z0-9-]+$/),
  imageId: text(/^ami-[0-9a-z]+$/).optional(),
});

type Claim = Pick<RegisterContainerInstanceRequest, 'instanceIdentityDocument' | 'instanceIdentityDocumentSignature'>;

/**
 * Returns the attributes that the document states; none without a document. The signature is not verified: that would
 * take AWS's certificates, and anyone who may register may claim anything else as well.
 */
export function identityAttributes({
  instanceIdentityDocument: document = '',
  instanceIdentityDocumentSignature: signature = '',
}: Claim): Attribute[] {
  if (document === '') {
    if (signature === '') return [];
    throw invalid('instanceIdentityDocumentSignature is given without an instanceIdentityDocument.');
  }
  const { instanceId, instanceType, availabilityZone, imageId } = readDocument(document);
  return [
    { name: EC2_INSTANCE_ID_ATTRIBUTE, value: instanceId },
    { name: 'ecs.instance-type', value: instanceType },
    { name: AVAILABILITY_ZONE_ATTRIBUTE, value: availabilityZone },
    ...(imageId === undefined ? [] : [{ name: 'ecs.ami-id', value: imageId }]),
  ];
}

function readDocument(document: string): z.infer<typeof DOCUMENT> {
  let json: unknown;
  try {
    json = JSON.parse(document);
  } catch {
    throw invalid('The instance identity document is invalid: it is not JSON.');
  }
  const read = DOCUMENT.safeParse(json);
  if (read.success) return read.data;
  const path = read.error.issues[0]?.path.join('.') ?? '';
  throw invalid(`The instance identity document is invalid${path === '' ? '' : `: ${path}`}.`);
}
