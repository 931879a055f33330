import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOptions, runCommand, runCommandOk } from '../../../src/core/exec.ts';
import { seconds } from '../../../src/core/time.ts';
import { mebibytes } from '../../../src/core/units.ts';

/** The programs of `fixtures/kafka`, compiled against the jars of one version of Kafka. */
export interface JavaPrograms extends AsyncDisposable {
  /** Plays a script of producers (see LogScript.java); returns when all of it is in the log. */
  play(bootstrap: string, script: string, signal: AbortSignal): Promise<void>;
  /** What the Java consumer delivers of each topic (see ReadLog.java). */
  read(
    bootstrap: string,
    ask: { isolation: 'read_committed' | 'read_uncommitted'; topics: readonly string[] },
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, JavaRead>>;
  /** Batch lines of kafka-dump-log for each of the files, in their order. */
  dump(files: readonly string[], signal: AbortSignal): Promise<readonly (readonly string[])[]>;
}

/** What the Java consumer delivered of one topic. */
export interface JavaRead {
  readonly end: bigint;
  readonly records: readonly string[];
}

const SOURCES = new URL('../../../fixtures/kafka/', import.meta.url).pathname;

/** Compiles into a temporary folder, which dispose deletes. */
export async function javaPrograms(classPath: string, signal: AbortSignal): Promise<JavaPrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-java-'));
  const sources = (await readdir(SOURCES)).filter((name) => name.endsWith('.java'));
  const limits = { signal, within: seconds(60) };
  const compile = ['javac', '-Xlint:all', '-Werror', '-cp', classPath, '-d', folder];
  await runCommandOk([...compile, ...sources.map((name) => join(SOURCES, name))], limits);
  const java = ['java', '-XX:TieredStopAtLevel=1', '-cp', `${folder}:${classPath}`];
  return {
    play: async (bootstrap, script, playSignal) => {
      const options = { ...limits, signal: playSignal, input: script };
      await runCommandOk([...java, 'LogScript', bootstrap], options);
    },
    read: async (bootstrap, { isolation, topics }, readSignal) => {
      const { stdout, truncated } = await runCommandOk(
        [...java, 'ReadLog', bootstrap, isolation, ...topics],
        { ...limits, signal: readSignal, outputMax: mebibytes(256) },
      );
      if (truncated) throw new Error('ReadLog wrote more than is kept');
      return new Map(
        sections(stdout, /^topic /).map(([head = '', ...records]) => {
          const [, topic = '', end = ''] = head.split(' ');
          return [topic, { end: BigInt(end), records }];
        }),
      );
    },
    dump: async (files, dumpSignal) => {
      const stdout = await dumpLog(java, files, { ...limits, signal: dumpSignal });
      return sections(stdout, /^Dumping /).map((lines) =>
        lines.filter((line) => line.startsWith('baseOffset:')),
      );
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The tool has moved from the core to the tools, and to another name, in 4.x. */
async function dumpLog(
  java: readonly string[],
  files: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const dump = (main: string) =>
    runCommand([...java, main, '--files', files.join(',')], {
      ...options,
      outputMax: mebibytes(64),
    });
  const now = await dump('org.apache.kafka.tools.DumpLogSegments');
  const ran = now.code === 0 ? now : await dump('kafka.tools.DumpLogSegments');
  if (ran.code !== 0) throw new Error(`kafka-dump-log: ${now.stderr} ${ran.stderr}`);
  return ran.stdout;
}

/** Lines in groups, each beginning with a line that looks like a head. */
function sections(text: string, head: RegExp): string[][] {
  const found: string[][] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (head.test(line)) found.push([line]);
    else found.at(-1)?.push(line);
  }
  return found;
}
