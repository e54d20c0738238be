/** Parses a stream of server-sent events, block by block. */

export interface ServerSentBlock {
  readonly id?: string;
  /** Absent in a heartbeat. */
  readonly data?: string;
}

export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentBlock> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield readBlock(block);
  }
}

function readBlock(block: string): ServerSentBlock {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  const id = fields.get('id');
  const data = fields.get('data');
  return { ...(id === undefined ? {} : { id }), ...(data === undefined ? {} : { data }) };
}
