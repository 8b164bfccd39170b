// The S3 server of the tests: s3rver behind a front that adds what it lacks of Amazon's: conditional writes and checks of SHA-256;
// and what no server should have: faults on demand.
//   node server.js FOLDER BUCKET [plain]     plain: conditional writes and their condition are ignored
// Prints its port on the first line, listens on loopback, and ends when its standard input does.
// POST /-/fault?method=PUT&times=1&do=refuse|drop|lose      refuse: 503; drop: cut while it is read; lose: done, and not answered
// GET /-/count                                              answered requests by method
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const http = require('http');
const path = require('path');
const S3rver = require('s3rver');

const [folder, bucket, mode] = process.argv.slice(2);
const faults = [];
const count = {};
let turn = Promise.resolve();

const sha256 = (body, encoding) => createHash('sha256').update(body).digest(encoding);
const isThere = url => fs.existsSync(path.join(folder, decodeURIComponent(url.pathname)) + '._S3rver_object');

function refuse(answer, status, code) {
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>refused by the test</Message></Error>`);
}

function forward(asked, body, answer, port, lost) {
  return new Promise(resolve => {
    const inner = http.request({ port, host: '127.0.0.1', method: asked.method, path: asked.url, headers: asked.headers }, reply => {
      if (lost) {
        reply.resume();
        reply.on('end', () => { asked.socket.destroy(); resolve(); });
        return;
      }
      answer.writeHead(reply.statusCode, reply.headers);
      reply.pipe(answer);
      reply.on('end', resolve);
    });
    inner.on('error', () => { asked.socket.destroy(); resolve(); });
    inner.end(body);
  });
}

async function answerTo(asked, body, answer, port) {
  const url = new URL(asked.url, 'http://127.0.0.1');
  if (url.pathname === '/-/fault') {
    faults.push({ method: url.searchParams.get('method'), times: Number(url.searchParams.get('times')), do: url.searchParams.get('do') });
    return answer.end();
  }
  if (url.pathname === '/-/count') return answer.end(JSON.stringify(count));

  const fault = faults.find(f => f.method === asked.method && f.times > 0);
  if (fault) fault.times--;
  if (fault?.do === 'refuse') return refuse(answer, 503, 'SlowDown');
  count[asked.method] = (count[asked.method] ?? 0) + 1;

  const told = asked.headers['x-amz-checksum-sha256'];
  const signed = asked.headers['x-amz-content-sha256'];
  if (told && told !== sha256(body, 'base64')) return refuse(answer, 400, 'BadDigest');
  if (/^[0-9a-f]{64}$/.test(signed ?? '') && signed !== sha256(body, 'hex')) return refuse(answer, 400, 'XAmzContentSHA256Mismatch');
  if (mode !== 'plain' && asked.headers['if-none-match'] === '*' && asked.method !== 'GET' && isThere(url))
    return refuse(answer, 412, 'PreconditionFailed');
  await forward(asked, body, answer, port, fault?.do === 'lose');
}

new S3rver({ address: '127.0.0.1', port: 0, directory: folder, silent: true, configureBuckets: [{ name: bucket }] }).run().then(({ port }) => {
  const front = http.createServer((asked, answer) => {
    const parts = [];
    asked.on('data', part => {
      const drop = faults.find(f => f.method === asked.method && f.times > 0 && f.do === 'drop');
      if (drop) {
        drop.times--;
        asked.socket.destroy();
        return;
      }
      parts.push(part);
    });
    asked.on('error', () => {});
    // One at a time: a condition and the write it guards are one step.
    asked.on('end', () => { turn = turn.then(() => answerTo(asked, Buffer.concat(parts), answer, port)); });
  });
  front.listen(0, '127.0.0.1', () => console.log(front.address().port));
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
