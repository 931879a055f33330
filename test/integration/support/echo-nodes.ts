import { connect } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../../src/core/clock.ts';
import { ms } from '../../../src/core/time.ts';
import type { Answer, EchoOf } from '../../../src/environments/conformance/subject.ts';
import type { Endpoint } from '../../../src/environments/endpoint.ts';
import type { NodeSpec } from '../../../src/environments/node.ts';
import { identityName } from './idle-nodes.ts';

/** A script interpreter for the JVM: the smallest thing on Maven Central that can play a node. */
const INTERPRETER = 'org.apache-extras.beanshell:bsh:2.0b6';
/** Where its jar is in the image that `echo-image.ts` builds. */
export const ECHO_IMAGE = { reference: 'highwater/echo:2', classPath: ['/opt/echo/*'] };
export const ECHO_JARS = [INTERPRETER];
/** How long one echo waits for another, and we for one that may be asking another. */
const DIAL_MS = 1_200;
const SAY = ms(2_500);

/** An echo in a JVM, as the conformance suite wants one. */
export function echoSpec({ id, book, run, edition }: EchoOf): NodeSpec {
  const listens = (['peer', 'load', 'check'] as const).map((from) => book.listen(id, 'main', from));
  const own = new Map(listens.map(({ host, port }) => [`${host}:${port}`, { host, port }]));
  const served = [...own.values()].map(({ host, port }) => `serve("${host}", ${port});`);
  return {
    id,
    role: 'echo',
    software: { name: 'echo', version: '1' },
    start: {
      jvm: {
        jars: ECHO_JARS,
        main: 'bsh.Interpreter',
        flags: ['-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
        args: [join(book.filesOf(id), 'echo.bsh')],
        prepare: [],
      },
      image: ECHO_IMAGE,
    },
    files: {
      'echo.bsh': `
        Thread.currentThread().setName("${identityName(run, id)}");
        me = "${id} ${edition}";
        data = "${book.volume(id, 'data')}";
        ${ECHO}
        ${served.join('\n        ')}
        while (true) { Thread.sleep(100000L); }
      `,
    },
  };
}

const ECHO = `
import java.io.*;
import java.net.*;
new File(data, "meta").mkdirs();
diary = new File(data, "meta/lives");
w = new FileWriter(diary, true); w.append("x"); w.close();
lives = diary.length();
answers = new java.util.concurrent.atomic.AtomicLong();
kept = new Object[1];

ask(s) {
  s.setSoTimeout(${DIAL_MS});
  s.getOutputStream().write("who\\n".getBytes());
  reader = new BufferedReader(new InputStreamReader(s.getInputStream()));
  said = reader.readLine();
  return said == null ? "refused" : said;
}
open(host, port) {
  s = new Socket();
  s.connect(new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port)), ${DIAL_MS});
  return s;
}
/* What was written while nobody answered is still due: the last line is the answer. */
drain(s) {
  said = ask(s);
  in = s.getInputStream();
  Thread.sleep(50L);
  while (in.available() > 0) { in.read(); }
  return said;
}
answer(line) {
  words = line.split(" ");
  try {
    if (words[0].equals("who")) return me + " life " + lives + " answer " + answers.incrementAndGet();
    if (words[0].equals("dial")) { s = open(words[1], words[2]); said = ask(s); s.close(); return said; }
    if (words[0].equals("hold")) { kept[0] = open(words[1], words[2]); return ask(kept[0]); }
    if (words[0].equals("held")) return drain(kept[0]);
    if (words[0].equals("write")) {
      out = new FileOutputStream(new File(data, "written"), true);
      try { out.write(new byte[16384]); out.getFD().sync(); } finally { out.close(); }
      return "written";
    }
  } catch (SocketTimeoutException e) { return "silent"; }
  catch (IOException e) { return words[0].equals("write") ? "failed: " + e : "refused"; }
  return "what?";
}
handle(s) {
  conversation = new Thread(new Runnable() { run() {
    try {
      in = new BufferedReader(new InputStreamReader(s.getInputStream()));
      while ((line = in.readLine()) != null) {
        s.getOutputStream().write((answer(line) + "\\n").getBytes());
      }
    } catch (IOException e) { /* whoever called has gone */ }
    s.close();
  } });
  conversation.setDaemon(true);
  conversation.start();
}
serve(host, port) {
  server = new ServerSocket(port, 50, InetAddress.getByName(host));
  new Thread(new Runnable() { run() { while (true) { handle(server.accept()); } } }).start();
}
`;

/** Says a line on a fresh connection. */
export async function sayTo(line: string, at: Endpoint, clock: Clock): Promise<Answer> {
  const socket = connect(at.port, at.host);
  const ended = new AbortController();
  const heard = new Promise<Answer>((resolve) => {
    let text = '';
    socket.on('connect', () => socket.write(`${line}\n`));
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.endsWith('\n')) resolve({ kind: 'answered', text: text.trimEnd() });
    });
    for (const end of ['error', 'end'] as const) socket.on(end, () => resolve({ kind: 'refused' }));
  });
  const late = clock.sleep(SAY, ended.signal).then(
    (): Answer => ({ kind: 'silent' }),
    (): Answer => ({ kind: 'silent' }), // The answer came first, which is the normal case.
  );
  try {
    const answer = await Promise.race([heard, late]);
    if (answer.kind !== 'answered') return answer;
    // An echo that asked another tells how that went in the same words.
    const { text } = answer;
    return text === 'silent' || text === 'refused' ? { kind: text } : answer;
  } finally {
    ended.abort(new Error('answered'));
    socket.destroy();
  }
}
