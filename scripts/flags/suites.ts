import { parseArgs } from 'node:util';
import { HighwaterError } from '../../src/core/errors.ts';
import { ENVIRONMENTS } from '../../src/registry.ts';

/** What `npm run suites` is asked for. */
export interface Asked {
  readonly suites: readonly string[];
  readonly times: number;
  readonly env: string;
  readonly profile: string;
  readonly out: string;
  readonly grep: string | undefined;
  /** Refused scenarios do not decide the exit code. */
  readonly refusedOk: boolean;
  /** As `highwater run --set` takes it. */
  readonly set: readonly string[];
}

const MODES = ['kraft', 'zookeeper'];
const PROFILES = ['fast', 'production'];

/** Reads the command line, or says what is wrong with it. Pure. */
export function askedFor(args: readonly string[]): Asked {
  const { values, positionals } = parsed(args);
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) {
    throw usage(`--times "${values.times}": expected a whole number from 1`);
  }
  const { version, mode, profile, out, grep, env } = values;
  if (!ENVIRONMENTS.includes(env)) {
    throw usage(`--env "${env}": expected ${ENVIRONMENTS.join(', ')}`);
  }
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version)) {
    throw usage(`--version "${version}": expected three numbers, as 3.9.1`);
  }
  if (mode !== undefined && !MODES.includes(mode)) {
    throw usage(`--mode "${mode}": expected ${MODES.join(' or ')}`);
  }
  if (!PROFILES.includes(profile)) {
    throw usage(`--profile "${profile}": expected ${PROFILES.join(' or ')}`);
  }
  return {
    suites: positionals,
    times,
    env,
    profile,
    out,
    grep,
    refusedOk: values['refused-ok'],
    set: [
      ...(version === undefined ? [] : [`kafka.version=${version}`]),
      ...(mode === undefined ? [] : [`kafka.mode=${mode}`]),
    ],
  };
}

const usage = (text: string): HighwaterError =>
  new HighwaterError('USAGE', `suites: ${text}`, {
    hint: 'npm run suites -- [suites…] --times 3 --version 3.9.1 --mode zookeeper',
  });

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        times: { type: 'string', default: '1' },
        env: { type: 'string', default: 'local' },
        version: { type: 'string' },
        mode: { type: 'string' },
        profile: { type: 'string', default: 'fast' },
        grep: { type: 'string' },
        out: { type: 'string', default: 'reports' },
        'refused-ok': { type: 'boolean', default: false },
      },
    });
  } catch (thrown) {
    throw usage((thrown as Error).message);
  }
}

/** The command of one run of one scenario; nothing else in its file may match. */
export const commandOf = (
  asked: Pick<Asked, 'env' | 'profile' | 'out' | 'set'>,
  { suite, name }: { readonly suite: string; readonly name: string },
): readonly string[] => [
  ...['run', suite, '--grep', `^${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`],
  ...['--env', asked.env, '--profile', asked.profile, '--out', asked.out],
  ...(asked.set.length > 0 ? ['--set', ...asked.set] : []),
];
