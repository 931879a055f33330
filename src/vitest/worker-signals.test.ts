import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenInWorker, type WorkerSignals } from './worker-signals.ts';

let folder: string;
let signals: WorkerSignals | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-signals-'));
});
afterEach(() => {
  signals?.stop();
  rmSync(folder, { recursive: true });
});

describe('listenInWorker', () => {
  it('aborts when the file is made while it listens', async () => {
    const file = join(folder, 'interrupt');
    signals = listenInWorker(file);
    expect(signals.interrupt.aborted).toBe(false);
    writeFileSync(file, 'SIGINT');
    await once(signals.interrupt, 'abort');
    expect(signals.interrupt.reason).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('has aborted at once when the file was there before', () => {
    const file = join(folder, 'interrupt');
    writeFileSync(file, 'SIGINT');
    signals = listenInWorker(file);
    expect(signals.interrupt.aborted).toBe(true);
  });

  it('survives Ctrl-C and lets go of the signal when it stops', () => {
    const before = process.listenerCount('SIGINT');
    signals = listenInWorker(join(folder, 'interrupt'));
    process.emit('SIGINT');
    expect(signals.interrupt.aborted).toBe(true);
    signals.stop();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
