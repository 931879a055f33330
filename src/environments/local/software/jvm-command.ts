import { delimiter } from 'node:path';

/** What a JVM of a node is started with, besides what its system wants. Pure. */
export interface JvmSetting {
  readonly java: string;
  readonly classPath: readonly string[];
  /** The node's own java.io.tmpdir. */
  readonly tmp: string;
  /** Where the JVM writes when it crashes; %p is its pid. */
  readonly crashFile: string;
  readonly archive: ArchiveUse;
  /** The only names that the JVM can resolve; null: those that this machine can. */
  readonly hostsFile: string | null;
}

/** A class-data archive to start from, or the wish to record for one; see class-archive.ts. */
export type ArchiveUse =
  | { readonly kind: 'use'; readonly file: string }
  | { readonly kind: 'record' }
  | { readonly kind: 'none' };

function archiveFlags(archive: ArchiveUse): readonly string[] {
  if (archive.kind === 'none') return [];
  // Why a class is not in the archive is no news for the log of a node.
  const quiet = '-Xlog:cds*=off';
  if (archive.kind === 'record') return [quiet, '-XX:+RecordDynamicDumpInfo'];
  // auto: an archive that does not fit is passed over, never an error.
  return [quiet, '-Xshare:auto', `-XX:SharedArchiveFile=${archive.file}`];
}

/** The command line of a JVM. The system's flags come last, so that they win. */
export const jvmArgv = (
  setting: JvmSetting,
  start: {
    readonly main: string;
    readonly flags: readonly string[];
    readonly args: readonly string[];
  },
): readonly string[] => [
  setting.java,
  // No memory-mapped counters in /tmp: they are named by pid, and stay behind after a SIGKILL.
  '-XX:-UsePerfData',
  `-Djava.io.tmpdir=${setting.tmp}`,
  '-Dfile.encoding=UTF-8',
  `-XX:ErrorFile=${setting.crashFile}`,
  ...(setting.hostsFile === null ? [] : [`-Djdk.net.hosts.file=${setting.hostsFile}`]),
  ...archiveFlags(setting.archive),
  ...start.flags,
  '-cp',
  setting.classPath.join(delimiter),
  start.main,
  ...start.args,
];

/** Variables that would change a JVM behind our back, and are kept from it. */
const MEDDLING = ['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'CLASSPATH'];

/** The environment of a node: that of this process, less what would change a JVM. */
export function nodeEnv(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !MEDDLING.includes(entry[0]),
  );
  return Object.fromEntries(kept);
}
