import { rmSync, writeFileSync } from 'node:fs';
import { EXIT } from '../core/errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Keeps vitest's main process alive at the first Ctrl-C: by itself it would leave at once and kill
 * its workers, and with them the run that has to be judged and cleaned up. The workers are told
 * through a file, which also reaches those that start later and those that got no signal
 * themselves. The second Ctrl-C leaves at once. Returns an undo.
 */
export function holdSignals(interruptFile: string, tell: (line: string) => void): () => void {
  const others = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const);
  let told = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (told) {
      tell('left at once; run `npx highwater sweep` to give back what the run still holds');
      process.exit(EXIT.interrupted);
    }
    told = true;
    writeFileSync(interruptFile, signal);
    tell(
      'interrupted: ending the load, judging what there is, cleaning up (Ctrl-C again leaves at once)',
    );
  };
  // Set last of all, because vitest sets its own code when it has counted the failed tests.
  const onExit = (): void => {
    if (told) process.exitCode = EXIT.interrupted;
    rmSync(interruptFile, { force: true });
  };
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, onSignal);
  }
  process.on('exit', onExit);
  return () => {
    for (const [signal, listeners] of others) {
      process.off(signal, onSignal);
      for (const listener of listeners) process.on(signal, listener);
    }
  };
}
