import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';
import { holdSignals } from './main-signals.ts';
import type { Handed, HighwaterOptions } from './options.ts';
import { refusedSettings } from './settings.ts';

const here = (name: string): string =>
  fileURLToPath(
    new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  );

/**
 * The plugin for a vitest.config.ts: suites become tests, one line a promise.
 *
 *   export default defineConfig({ plugins: [highwaterVitest()] })
 *
 * It sets what verdicts need to be trusted (one suite at a time, in a process of its own, never
 * again until it is green) and refuses a configuration or a command line that says otherwise.
 */
export function highwaterVitest(options: HighwaterOptions = {}): Plugin {
  const interruptFile = join(
    tmpdir(),
    `highwater-vitest-${process.pid}-${randomBytes(4).toString('hex')}.interrupt`,
  );
  const handed: Handed = {
    environment: options.environment ?? 'local',
    profile: options.profile ?? 'fast',
    seed: options.seed ?? null,
    out: options.out ?? 'reports',
    interruptFile,
  };
  return {
    name: 'highwater',
    config: ({ test = {} }) => ({
      test: {
        pool: test.pool ?? 'forks',
        ...(test.fileParallelism === undefined && test.maxWorkers === undefined
          ? { fileParallelism: false }
          : {}),
        retry: test.retry ?? 0,
        watch: test.watch ?? false,
        include: test.include === undefined ? ['suites/**/*.suite.ts'] : [],
        setupFiles: [here('setup')],
        provide: { highwater: handed },
      },
    }),
    configureVitest({ project, vitest }) {
      const { pool, maxWorkers, retry, sequence } = project.config;
      const problems = refusedSettings({
        pool,
        maxWorkers,
        retry,
        bail: vitest.config.bail,
        watch: vitest.config.watch,
        concurrent: sequence.concurrent,
      });
      if (problems.length > 0) throw refusal(problems);
      const release = holdSignals(interruptFile, (line) =>
        vitest.logger.error(`highwater: ${line}`),
      );
      vitest.onClose(release);
    },
  };
}

/** Vitest shows it with its stack and every field: so it has none but the message. */
function refusal(problems: readonly string[]): Error {
  const error = new Error(
    `no verdict could be trusted with these settings of vitest:\n  - ${problems.join('\n  - ')}`,
  );
  error.name = 'highwater';
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
