/** Joins this host to a Longshore by a token. */
import { X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { keyAsPem, keysFromPem, newKeys, requestFor } from '../../certificates/keys.ts';
import { pinOf } from '../../certificates/packed.ts';
import { writePrivate } from '../../certificates/private-file.ts';
import { JOIN } from '../../model/agent-door.ts';
import { AgentCredentials } from './credentials.ts';
import { type CallDoor, DoorRefusal } from './door-client.ts';
import { findAuthority } from './find-authority.ts';
import { type JoinUrl, readJoinUrl } from './join-url.ts';
import {
  identityFile,
  identityFrom,
  IdentityError,
  keepIdentity,
  type KeptIdentity,
  readIdentity,
  reserveIdentity,
} from './kept-identity.ts';

/** The key for which a certificate was asked. It outlives a crash, so that the next attempt is no second use of the token. */
const keyFile = (dataDir: string): string => path.join(dataDir, 'joining.key');

/** Whether a person must correct something before joining can succeed. */
export const isJoinRefused = (error: unknown): error is Error =>
  error instanceof IdentityError || error instanceof DoorRefusal;

/**
 * Gets a certificate with the token in the URL (`https://host:port#token`) and keeps it in the agent's folder. If there is a
 * good one of the same Longshore already, goes on with that, at the URL's address. Rejects with IdentityError for what a person
 * must correct, with DoorRefusal if the control plane refuses, and with DoorAway if it does not answer.
 */
export async function joinDoor(url: string, dataDir: string, call: CallDoor): Promise<AgentCredentials> {
  const door = readJoinUrl(url);
  const identity = goesOn(dataDir, door) ?? (await join(door, dataDir, call));
  keepIdentity(dataDir, identity);
  fs.rmSync(keyFile(dataDir), { force: true });
  return new AgentCredentials(dataDir, identity);
}

/** Throws IdentityError if the identity is another Longshore's. */
function goesOn(dataDir: string, { address, pin }: JoinUrl): KeptIdentity | undefined {
  const kept = readIdentity(dataDir);
  if (kept === undefined || kept.expiresAt <= Date.now()) return undefined;
  if (pinOf(new X509Certificate(kept.authority)) === pin) return { ...kept, address };
  throw new IdentityError(
    `This agent is container instance ${kept.containerInstanceId} of another Longshore, at ${kept.address}. To leave that one, remove ${identityFile(dataDir)}; or name another folder in LONGSHORE_DATA.`,
  );
}

async function join(door: JoinUrl, dataDir: string, call: CallDoor): Promise<KeptIdentity> {
  const { address, cert, key: tokenKey, expiresAt } = door;
  if (expiresAt <= Date.now()) {
    throw new IdentityError(
      `The join token expired at ${new Date(expiresAt).toISOString()}. Make a new one: longshore token create`,
    );
  }
  const authority = await findAuthority(door);
  reserveIdentity(dataDir);
  const key = await joiningKey(dataDir);
  const certificateRequest = await requestFor(await keysFromPem(key));
  const answer = await call(JOIN, { certificateRequest }, { address, cert, key: tokenKey, authority });
  return identityFrom(answer, { address, authority, key });
}

/** As PEM. A new key takes the place of a broken file. */
async function joiningKey(dataDir: string): Promise<string> {
  const file = keyFile(dataDir);
  if (fs.existsSync(file)) {
    const kept = fs.readFileSync(file, 'utf8');
    if (
      await keysFromPem(kept).then(
        () => true,
        () => false,
      )
    )
      return kept;
  }
  const made = await keyAsPem((await newKeys()).privateKey);
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writePrivate(file, made);
  return made;
}
