import { expect, it } from 'vitest';
import { jvmCommand } from './jvm-command.ts';

it('the command of a node names every place where an image may have the jars', () => {
  const start = { main: 'a.Main', flags: ['-Xmx1m'], args: ['x'] };
  expect(jvmCommand(['/opt/a/*', '/usr/a/*'], start).slice(-5)).toEqual([
    '-Xmx1m',
    '-cp',
    '/opt/a/*:/usr/a/*',
    'a.Main',
    'x',
  ]);
});
