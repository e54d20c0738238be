/** Calls of an AWS service on the running Longshore, signed by the caller, as AWS's clients make them. */
import { type Settings, SetupError } from '../../tools/settings.ts';
import { askApi } from '../local-api.ts';

/** A service that speaks AWS JSON 1.1. */
export interface JsonService {
  /** The name in a signature's scope. */
  readonly service: string;
  readonly targetPrefix: string;
}

export const SECRETS_MANAGER: JsonService = { service: 'secretsmanager', targetPrefix: 'secretsmanager.' };
export const SSM: JsonService = { service: 'ssm', targetPrefix: 'AmazonSSM.' };

/** A refusal of the service; its message is for the person at the terminal. */
export class Refused extends SetupError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws Refused, with the service's own words. */
export async function callService<Output>(
  settings: Settings,
  { service, targetPrefix }: JsonService,
  { operation, input }: { readonly operation: string; readonly input: object },
): Promise<Output> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': targetPrefix + operation };
  const answer = await askApi(settings, '/', { method: 'POST', body: JSON.stringify(input), headers, service });
  const body = (await answer.json().catch(() => ({}))) as Output & {
    readonly __type?: string;
    readonly message?: string;
  };
  if (answer.status < 300) return body;
  throw new Refused(body.__type ?? '', body.message ?? `The API answered ${answer.status}.`);
}
