/** Listens where it was started, hands the socket to its parent, and ends. Arguments: address, port. */
import { createServer } from 'node:net';

const [host, port] = process.argv.slice(2);
const server = createServer();
const send = (message, handle) => process.send(message, handle, () => process.disconnect());
// Only the parent takes connections.
server.once('error', ({ code, message }) => send({ code, message }));
server.listen({ host, port: Number(port), exclusive: true }, () => send({}, server));
process.once('disconnect', () => process.exit());
