import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { seconds } from '../core/time.ts';
import type { Sample } from '../record/samples.ts';
import type { Watch } from './watch.ts';

/**
 * Health of the machine that judges: how late the conductor's event loop ran, how busy the cores
 * were, and how much the hypervisor took away. A starved host makes claims about time inconclusive.
 */
export function hostWatch(): Watch {
  let loop: ReturnType<typeof monitorEventLoopDelay> | undefined;
  let before = cpuTimes();
  return {
    name: 'host',
    every: seconds(1),
    look: async ({ recorder, clock, signal }) => {
      if (loop === undefined) {
        const histogram = monitorEventLoopDelay({ resolution: 10 });
        histogram.enable();
        signal.addEventListener('abort', () => histogram.disable(), { once: true });
        loop = histogram;
        before = cpuTimes();
        return;
      }
      const t = clock.now();
      // The histogram measures the timer's period; what is above its resolution is delay.
      const delay = Math.max(0, loop.percentile(99) / 1e6 - 10);
      loop.reset();
      const rows: Sample[] = [{ t, series: 'host.loop-delay.p99', of: 'host', value: delay }];
      const now = cpuTimes();
      if (now !== null && before !== null && now.all > before.all) {
        const all = now.all - before.all;
        rows.push({
          t,
          series: 'host.cpu-busy',
          of: 'host',
          value: 1 - (now.idle - before.idle) / all,
        });
        rows.push({
          t,
          series: 'host.cpu-steal',
          of: 'host',
          value: (now.steal - before.steal) / all,
        });
      }
      before = now;
      recorder.samples(rows);
    },
  };
}

/** Totals of /proc/stat in ticks; null where there is no such file. Fields: proc(5). */
function cpuTimes(): { all: number; idle: number; steal: number } | null {
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
      line.trim().split(/\s+/).slice(1).map(Number);
    return {
      all: user + nice + system + idle + iowait + irq + softirq + steal,
      idle: idle + iowait,
      steal,
    };
  } catch {
    // Elsewhere than Linux: the event loop's delay alone has to do.
    return null;
  }
}
