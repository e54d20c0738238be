/** Does a fixed piece of work on one core, in its own thread. Returns how many milliseconds that took. */
import { parentPort, workerData } from 'node:worker_threads';

const begun = performance.now();
let state = 1;
for (let i = 0; i < workerData.steps; i++) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
}
parentPort.postMessage({ ms: performance.now() - begun, state });
