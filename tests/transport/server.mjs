// A server on loopback that answers as a test says and notes what it was asked.
// `answer(request, response, count)` gets Node's objects with request.text added.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

const read = (request) => new Promise((resolve, reject) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => resolve(Buffer.concat(parts).toString()));
  request.on('error', reject);
});

export async function serve(answer, tls) {
  const seen = [];
  const handle = async (request, response) => {
    try {
      request.text = await read(request);
      seen.push({ method: request.method, url: request.url, headers: request.headers, text: request.text });
      await answer(request, response, seen.length);
    } catch (error) {
      response.destroy();
    }
  };
  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  server.on('clientError', (error, socket) => socket.destroy());
  server.on('tlsClientError', () => {});
  return open(server, seen, tls ? 'https' : 'http');
}

// Bytes instead of HTTP: `talk(socket)` for each connection, once a request came.
export async function serveBytes(talk) {
  const seen = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    let text = '', said = false;
    socket.on('data', (data) => {
      text += data;
      if (said || !text.includes('\r\n\r\n')) return;
      said = true;
      seen.push(text);
      talk(socket, seen.length);
    });
  });
  return open(server, seen, 'http');
}

async function open(server, seen, scheme) {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = server.address().port;
  return {
    seen, port, url: `${scheme}://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(resolve);
    }),
  };
}
