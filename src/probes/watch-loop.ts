import { isHighwaterError, messageOf } from '../core/errors.ts';
import type { Scope } from '../core/scope.ts';
import { ms } from '../core/time.ts';
import type { Watch, WatchInput } from './watch.ts';

/**
 * Takes looks of one watch until the scope ends. A look that fails is recorded once per streak and
 * tried again: during a fault that is expected, and missing samples are what a checker sees.
 */
export function runWatch(watch: Watch, input: WatchInput, scope: Scope): void {
  scope.task(`watch ${watch.name}`, async (signal) => {
    let failing = false;
    while (!signal.aborted) {
      const started = input.clock.now();
      try {
        await watch.look({ ...input, signal });
        failing = false;
      } catch (thrown) {
        if (signal.aborted) return;
        // A bug of ours, or a full disk, must not pass for a failed look.
        if (isHighwaterError(thrown, 'BUG') || isHighwaterError(thrown, 'DISK_FULL')) throw thrown;
        if (!failing) {
          input.recorder.event({
            kind: 'watch-failed',
            watch: watch.name,
            message: messageOf(thrown),
          });
        }
        failing = true;
      }
      const took = input.clock.now() - started;
      try {
        await input.clock.sleep(ms(Math.max(10, watch.every - took)), signal);
      } catch {
        return; // The scope ended while this watch slept: that is its normal end.
      }
    }
  });
}
