/** Which names in a Host header mean this machine, whatever a name server says. */

const OCTET = String.raw`(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])`;
const NAME = String.raw`(?:[a-z0-9_-]+\.)*localhost`;
/** A trailing dot does not change the name; AWS's clients put `data-` and `stream-` before an endpoint's host. */
const LOCAL_HOST = new RegExp(
  String.raw`^(?:(?:data-|stream-)?(?:${NAME}|127(?:\.${OCTET}){3})\.?|\[::1\])(?::\d{0,5})?$`,
);

/**
 * True when a Host header, with or without a port, names this machine by a name that nobody else can give an address:
 * `localhost`, `*.localhost`, `127.x.x.x`, `[::1]`. A foreign web page may have any other name and resolve it to
 * 127.0.0.1, so that the browser takes this server for the page's. An absent header names nothing.
 */
export const isLocalHost = (hostHeader: string | undefined): boolean =>
  hostHeader !== undefined && LOCAL_HOST.test(hostHeader.toLowerCase());
