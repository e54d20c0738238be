/**
 * The versions of the agent that this host fetched, each in a folder of its own, whole or not there, and a note that says which
 * one runs. The launcher alone writes the note; whoever adds a version removes those that nobody needs.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { writePrivate } from '../../certificates/private-file.ts';
import { type AgentBuild, buildName, isSameBuild } from '../../model/agent-update.ts';
import { AGENT_ENTRY } from '../../tools/agent-package/sources.ts';
import { readAgentBuild } from '../../tools/agent-package/build.ts';

const NOTE = 'running.json';
const PARTIAL = '.partial';

/** What the launcher has found to work. Names are those of folders. */
export interface VersionNote {
  /** The build of the launcher's own code at that time. With other own code the note does not hold. */
  readonly own: string;
  /** Absent: the launcher's own code runs. */
  readonly current?: string;
  /** The one before. Absent: that was the launcher's own code. */
  readonly previous?: string;
}

const note = z.object({ own: z.string(), current: z.string().exactOptional(), previous: z.string().exactOptional() });

export class KeptVersions {
  readonly #folder: string;

  /** `agentFolder`: the agent's in the data folder. */
  constructor(agentFolder: string) {
    this.#folder = path.join(agentFolder, 'versions');
  }

  /** The program of that version. */
  entryOf(name: string): string {
    return path.join(this.#folder, name, AGENT_ENTRY);
  }

  has(name: string): boolean {
    return fs.existsSync(this.entryOf(name));
  }

  /** undefined if there is none, or one that cannot be read. */
  note(): VersionNote | undefined {
    try {
      return note.parse(JSON.parse(fs.readFileSync(path.join(this.#folder, NOTE), 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** Takes the note, and removes the versions that only the note before named: an agent may be adding others. */
  keep(kept: VersionNote): void {
    const before = this.note();
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writePrivate(path.join(this.#folder, NOTE), JSON.stringify(kept));
    for (const name of [before?.current, before?.previous])
      if (name !== undefined && name !== kept.current && name !== kept.previous) this.remove(name);
  }

  /**
   * A place for a file of an update. Removes what earlier updates left that were cut off, and all versions but those of the
   * note and the one that `running` names: the note may not know of it yet.
   */
  file(name: string, running: string): string {
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const { current, previous } = this.note() ?? {};
    for (const found of fs.readdirSync(this.#folder))
      if (![NOTE, current, previous, running].includes(found)) this.remove(found);
    return path.join(this.#folder, `${name}${PARTIAL}`);
  }

  /**
   * Adds the version that `unpack` writes into the folder that it is given. Rejects, and adds nothing, if that is not the code
   * of this build.
   */
  async add(build: AgentBuild, unpack: (into: string) => Promise<void>): Promise<void> {
    const name = buildName(build);
    const partial = path.join(this.#folder, `${name}.d${PARTIAL}`);
    await fs.promises.rm(partial, { recursive: true, force: true });
    await fs.promises.mkdir(partial, { recursive: true, mode: 0o700 });
    try {
      await unpack(partial);
      const found = readAgentBuild(partial);
      if (!isSameBuild(found, build)) throw new Error(`The package holds ${buildName(found)} and not ${name}.`);
      await fs.promises.rename(partial, path.join(this.#folder, name));
    } finally {
      await fs.promises.rm(partial, { recursive: true, force: true });
    }
  }

  /** The next update to that version fetches it again. */
  remove(name: string): void {
    fs.rmSync(path.join(this.#folder, name), { recursive: true, force: true });
  }
}
