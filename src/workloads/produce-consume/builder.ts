import type { JsonObject } from '../../core/json.ts';
import { PRODUCE_CONSUME, type ProduceConsumeOptions } from './params.ts';

/** A workload that sends numbered records to a topic and reads them along with a consumer group. */
export const produceConsume = (
  options: ProduceConsumeOptions,
): { readonly workload: string; readonly params: JsonObject } => ({
  workload: PRODUCE_CONSUME,
  params: options as JsonObject,
});
