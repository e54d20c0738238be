/** Which calls the audit keeps. Pure. */

/** How AWS names the operations that only read. */
const READS = /^(?:BatchGet|Describe|Filter|Get|List|Lookup|Search|Simulate)[A-Z]/;
/** Reads whose names do not say so: most make a report for whoever asks for it next. */
const OTHER_READS: ReadonlySet<string> = new Set([
  'GenerateCredentialReport',
  'GenerateOrganizationsAccessReport',
  'GenerateServiceLastAccessedDetails',
  'StartExecutionPreview',
  'ValidateCloudConnector',
]);
/** They change no record, but give credentials to somebody. */
const CREDENTIALS = /^(?:AssumeRo|Get(?:Session|Federation|DelegatedAccess|WebIdentity)Token$)/;

/** They read values of secrets and parameters: who did so is worth as much as who changed one. */
const VALUES = /^(?:(?:BatchGet|Get)SecretValue|GetParameter(?:s|sByPath|History)?)$/;

/** Whether an operation of an AWS service leaves everything as it is, by its name. */
export const isRead = (operation: string): boolean =>
  READS.test(operation) || OTHER_READS.has(operation) || CREDENTIALS.test(operation);

/** Whether each call of the operation is kept, however it ends: it changes something, or gives credentials or secrets. */
export const isKept = (operation: string): boolean =>
  !isRead(operation) || CREDENTIALS.test(operation) || VALUES.test(operation);

/** The codes that say that the caller may not, or is not who it says. */
const DENIALS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

/** Whether a refusal with this code is kept, whatever was called. */
export const isDenial = (code: string): boolean => DENIALS.has(code);
