/** A fixed piece of work for one core, in a thread of its own: answers how many milliseconds it took. */
import { parentPort, workerData } from 'node:worker_threads';

const begun = performance.now();
let state = 1;
for (let i = 0; i < workerData.steps; i++) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
}
parentPort.postMessage({ ms: performance.now() - begun, state });
