import { HighwaterError, isHighwaterError, messageOf } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import { answeredError } from './refusal.ts';

/** A broker that has not answered after this long gets company. */
const COMPANY_AFTER = ms(300);

/** An answer and who gave it. */
export interface Answered<T> {
  readonly address: string;
  readonly value: T;
}

/** Asks the addresses one after the other, not waiting long before the next. */
export function firstAnswer<T>(
  addresses: readonly string[],
  ask: (address: string) => Promise<T>,
): Promise<Answered<T>> {
  return new Promise((resolve, reject) => {
    const failures: { address: string; thrown: unknown }[] = [];
    let asked = 0;
    let over = false;
    let company: NodeJS.Timeout | undefined;
    const end = (settle: () => void): void => {
      over = true;
      clearTimeout(company);
      settle();
    };
    const askNext = (): void => {
      clearTimeout(company);
      const address = addresses[asked];
      if (over || address === undefined) return;
      asked += 1;
      company = setTimeout(askNext, COMPANY_AFTER);
      ask(address).then(
        (value) => end(() => resolve({ address, value })),
        (thrown: unknown) => {
          failures.push({ address, thrown });
          if (failures.length === addresses.length) end(() => reject(allFailed(failures)));
          else askNext();
        },
      );
    };
    askNext();
  });
}

/** What a broker answered says more than why another could not be asked. */
function allFailed(failures: readonly { address: string; thrown: unknown }[]): unknown {
  const answered = failures.find(({ thrown }) => answeredError(thrown) !== undefined);
  if (answered !== undefined) return answered.thrown;
  const interrupted = failures.find(({ thrown }) => isHighwaterError(thrown, 'INTERRUPTED'));
  if (interrupted !== undefined) return interrupted.thrown;
  const each = failures.map(({ address, thrown }) => `${address}: ${messageOf(thrown)}`);
  return new HighwaterError('CLIENT_FAILED', `no broker answers: ${each.join('; ')}`);
}
