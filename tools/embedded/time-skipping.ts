/** Temporal's test server, which skips time, as one executable file for tests. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath, runCommand } from '../command.ts';
import { freePort } from '../free-port.ts';
import { becomes, isListening } from '../process.ts';
import { withProgress } from '../progress.ts';
import { readSettings, SetupError } from '../settings.ts';
import { connectTemporal } from '../temporal-connection.ts';
import { downloadWithSdk } from './sdk-download.ts';

const VERSION = '1.32.1';
/** Only a fault reaches it. */
const START_PATIENCE_MS = 120_000;

/**
 * The path for `server: { executable: { type: 'existing-path', path } }` of @temporalio/testing: the cached server, the
 * SDK's download, or the Java build from Maven Central behind a small script.
 */
export async function timeSkippingServerPath(): Promise<string> {
  const folder = path.join(readSettings(process.env).cacheDir, 'temporal-test-server', VERSION);
  const executable = path.join(folder, 'temporal-test-server');
  if (fs.existsSync(executable)) return executable;
  fs.mkdirSync(folder, { recursive: true });
  const downloaded = await withProgress("downloading Temporal's test server", () =>
    downloadWithSdk('time-skipping', path.join(folder, 'download')),
  );
  if (downloaded === undefined) await buildFromMaven(folder, executable);
  else fs.renameSync(downloaded, executable);
  return executable;
}

async function buildFromMaven(folder: string, executable: string): Promise<void> {
  const [mvn, java] = [findOnPath('mvn'), findOnPath('java')];
  if (mvn === undefined || java === undefined) {
    throw new SetupError(
      "Temporal's test server cannot be downloaded, and Maven or Java, which could fetch it instead, is\n" +
        '  missing. Install both (apt-get install maven), or let this machine reach https://temporal.download.',
    );
  }
  const pom = path.join(folder, 'pom.xml');
  fs.writeFileSync(pom, POM);
  const jars = path.join(folder, 'jars');
  await withProgress(`fetching Temporal's test server ${VERSION} (Maven)`, () =>
    runCommand(
      mvn,
      ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`, '-DincludeScope=runtime'],
      { cwd: folder, logFile: path.join(folder, 'maven.log') },
    ),
  );
  const archive = path.join(folder, 'classes.jsa');
  await withProgress("preparing Temporal's test server", () => archiveClasses(java, jars, archive));
  const shared = fs.existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [];
  const command = [java, ...OPTIONS, ...shared, ...serverOf(jars)].map((part) => `'${part}'`).join(' ');
  fs.writeFileSync(`${executable}.new`, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  fs.renameSync(`${executable}.new`, executable);
}

/** Serial collection and C1 only: the server lives for one test file, so only its start-up time matters. */
const OPTIONS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
const serverOf = (jars: string): readonly string[] => ['-cp', `${jars}/*`, 'io.temporal.testserver.TestServer'];

/**
 * Keeps the classes of a server that has started and answered, as Java reads them: the next servers start in a third of the time.
 * A Java that keeps none (before 13), or fails to, leaves no archive, and the servers start as they did.
 */
async function archiveClasses(java: string, jars: string, archive: string): Promise<void> {
  // Test files that run beside each other may prepare it at the same time.
  const fresh = `${archive}.${process.pid}`;
  const port = await freePort();
  const server = spawn(java, [...OPTIONS, `-XX:ArchiveClassesAtExit=${fresh}`, ...serverOf(jars), String(port)], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.once('exit', () => resolve());
  });
  const answers = async (): Promise<boolean> => server.exitCode !== null || (await isListening(port));
  if ((await becomes(answers, START_PATIENCE_MS)) && server.exitCode === null) {
    const { connection } = await connectTemporal({ address: `127.0.0.1:${port}`, namespace: 'default' });
    await connection.close();
  }
  // It writes the archive at its end.
  server.kill('SIGTERM');
  await ended;
  if (await isSound(java, jars, fresh)) fs.renameSync(fresh, archive);
  else fs.rmSync(fresh, { force: true });
}

/** Java takes an archive that was cut short for a whole one, and dies of it. */
async function isSound(java: string, jars: string, archive: string): Promise<boolean> {
  if (!fs.existsSync(archive)) return false;
  const check = spawn(
    java,
    [...OPTIONS, '-Xshare:on', `-XX:SharedArchiveFile=${archive}`, '-cp', `${jars}/*`, '-version'],
    {
      stdio: 'ignore',
    },
  );
  return new Promise((resolve) => {
    check.once('error', () => resolve(false));
    check.once('exit', (code) => resolve(code === 0));
  });
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>longshore.local</groupId>
  <artifactId>time-skipping</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
