import { parentPort, workerData } from 'node:worker_threads';
import { invariant, messageOf } from '../../../core/errors.ts';
import type { Route } from './link-routes.ts';
import { openProxy, type Proxy } from './proxy.ts';
import type { ProxyNews, ProxyOrder } from './proxy-messages.ts';

/**
 * Entry of the thread that carries the links of a run. A thread of its own, so that the traffic of
 * the nodes does not wait for the conductor nor the conductor for it; and a thread, not a process,
 * so that it dies with the harness and the kernel takes its sockets back.
 */
invariant(parentPort !== null, 'the links of a run were started as a process of their own');
const port = parentPort;
const say = (news: ProxyNews): void => port.postMessage(news);

try {
  const proxy = await openProxy(workerData as readonly Route[]);
  port.on('message', (order: ProxyOrder) => {
    try {
      say({ kind: 'done', id: order.id, result: carryOut(order, proxy) });
    } catch (thrown) {
      say({ kind: 'refused', id: order.id, message: messageOf(thrown) });
    }
  });
  say({ kind: 'open' });
} catch (thrown) {
  say({ kind: 'failed', message: messageOf(thrown) });
}

function carryOut(order: ProxyOrder, proxy: Proxy): Extract<ProxyNews, { kind: 'done' }>['result'] {
  const { from, to } = order;
  if (order.act === 'look') return proxy.look(from, to);
  if (order.act === 'reset') return proxy.reset(from, to);
  if (order.act === 'set') proxy.set(from, to, order.change);
  else proxy.heal(from, to);
  return null;
}
