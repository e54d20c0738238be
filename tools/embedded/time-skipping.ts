/** Temporal's test server, which skips time, as one executable file for tests. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath, runCommand } from '../command.ts';
import { withProgress } from '../progress.ts';
import { readSettings, SetupError } from '../settings.ts';
import { downloadWithSdk } from './sdk-download.ts';

const VERSION = '1.32.1';

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
  // Serial collection and C1 only: the server lives for one test file, so only its start-up time matters.
  const options = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto';
  const script = `#!/bin/sh\nexec '${java}' ${options} -cp '${jars}/*' io.temporal.testserver.TestServer "$@"\n`;
  fs.writeFileSync(`${executable}.new`, script, { mode: 0o755 });
  fs.renameSync(`${executable}.new`, executable);
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
