/** The audit of API calls. One index over terms answers all filters, so that a record costs few writes. */
import { type AuditEvent, type AuditRecord, auditUserName, type Judgement } from '../../model/audit.ts';
import { defined } from '../../model/defined.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Database, Statement } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import { toJson } from '../base/storable.ts';
import type { AuditFilter, AuditStore } from '../contract/audit.ts';
import type { Page, PageRequest } from '../contract/page.ts';

/** How many rows a purge removes in one statement. */
const PURGE_BATCH = 10_000;
/** Of the events in a page together. */
const MOST_PAGE_BYTES = 2 * 1024 * 1024;
/** Postgres cannot index longer ones. No name that AWS allows is as long. */
const LONGEST_TERM_BYTES = 2_000;

const INSERT: Statement = {
  name: 'audit-insert',
  text: `INSERT INTO audit_events (id, at, terms, event, judgements)
    SELECT id, at, ARRAY(SELECT json_array_elements_text(terms)), event, judgements
    FROM unnest($1::uuid[], $2::bigint[], $3::json[], $4::text[], $5::json[]) AS r (id, at, terms, event, judgements)`,
};

interface Row {
  readonly id: string;
  readonly at: number;
  readonly event: string;
  readonly judgements: readonly Judgement[] | null;
}

interface Listed extends Pick<Row, 'id' | 'at'> {
  /** null: it does not fit into the page. */
  readonly event: string | null;
}

const toRecord = ({ at, event, judgements }: Omit<Row, 'id'>): AuditRecord => ({
  at,
  event: JSON.parse(event) as AuditEvent,
  ...(judgements === null ? {} : { judgements }),
});

export function createAuditStore(db: Database): AuditStore {
  return {
    recordAudit: async (records) => {
      await db.run(INSERT, [
        records.map(({ event }) => event.eventID),
        records.map(({ at }) => at),
        records.map(({ event }) => toJson(termsOf(event))),
        records.map(({ event }) => toJson(event)),
        records.map(({ judgements }) => (judgements === undefined ? null : toJson(judgements))),
      ]);
    },
    listAudit: (filter, page) => listAudit(db, filter, page),
    findAudit: async (prefix, limit) => {
      const digits = prefix.replaceAll('-', '');
      const rows = await db.rows<Row>(
        `SELECT id, at, event, judgements FROM audit_events WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT $3`,
        [digits.padEnd(32, '0'), digits.padEnd(32, 'f'), limit],
      );
      return rows.map(toRecord);
    },
    purgeAudit: (before) => purgeAudit(db, before),
  };
}

/** Under which terms an event is found. */
function termsOf({ userIdentity, eventName, eventSource, readOnly, errorCode, resources = [] }: AuditEvent): string[] {
  const terms = [
    ...filterTerms({
      ...defined({ userName: auditUserName(userIdentity), accessKeyId: userIdentity.accessKeyId }),
      ...{ eventName, eventSource, readOnly },
      ...(errorCode === undefined ? {} : { errorsOnly: true }),
    }),
    ...resources.flatMap(({ ARN, type }) => [
      ...[ARN, lastPart(ARN)].flatMap((resourceName) => filterTerms({ resourceName })),
      ...filterTerms({ resourceType: type }),
    ]),
  ];
  return [...new Set(terms)].filter((term) => Buffer.byteLength(term) <= LONGEST_TERM_BYTES);
}

const lastPart = (arn: string): string => arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);

function filterTerms(filter: Omit<AuditFilter, 'requestId' | 'since' | 'until'>): string[] {
  const { userName, eventName, eventSource, resourceName, resourceType, accessKeyId, readOnly, errorsOnly } = filter;
  const named = {
    ...{ user: userName, name: eventName, source: eventSource, resource: resourceName, type: resourceType },
    ...{ key: accessKeyId, readonly: readOnly, error: errorsOnly },
  };
  return Object.entries(named).flatMap(([kind, value]) => (value === undefined ? [] : [`${kind}=${String(value)}`]));
}

const keyOf = ({ at, id }: Listed): string => `${at}/${id}`;

async function listAudit(db: Database, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>> {
  const { requestId, since, until } = filter;
  const values: unknown[] = [page.limit + 1];
  const conditions: string[] = [];
  const where = (condition: (...places: readonly string[]) => string, ...given: readonly unknown[]): void => {
    if (given.includes(undefined)) return;
    conditions.push(condition(...given.map((value) => `$${values.push(value)}`)));
  };
  where((id) => `id = ${id}`, requestId);
  where((from) => `at >= ${from}`, since);
  where((to) => `at <= ${to}`, until);
  where((at, id) => `(at, id) < (${at}, ${id})`, ...(page.after?.split('/') ?? [undefined]));
  const terms = filterTerms(filter);
  where((all) => `terms @> ${all}`, terms.length === 0 ? undefined : terms);
  const rows = await db.rows<Listed>(
    `SELECT id, at, CASE WHEN place = 1 OR bytes <= ${MOST_PAGE_BYTES} THEN event END AS event
     FROM (SELECT id, at, event, row_number() OVER newest AS place, sum(octet_length(event)) OVER newest AS bytes
           FROM (SELECT id, at, event FROM audit_events
                 ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY at DESC, id DESC LIMIT $1) found
           WINDOW newest AS (ORDER BY at DESC, id DESC)) counted
     ORDER BY at DESC, id DESC`,
    values,
  );
  const fitting = rows.slice(0, page.limit).flatMap(({ at, event }) => (event === null ? [] : [{ at, event }]));
  const { next } = pageOf(rows, fitting.length, keyOf);
  return { items: fitting.map((row) => toRecord({ ...row, judgements: null })), ...defined({ next }) };
}

async function purgeAudit(db: Database, before: EpochMs): Promise<number> {
  for (let removed = 0; ;) {
    const now = await db.run(
      `DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events WHERE at < $1 ORDER BY at LIMIT ${PURGE_BATCH})`,
      [before],
    );
    removed += now;
    if (now < PURGE_BATCH) return removed;
  }
}
