import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { jobStates } from '../contract.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { replyLimit } from '../internal/reply.js';
import { variableSchema } from '../internal/secrets.js';
import { failureSchema, wordSchema } from '../internal/telling.js';
import { templateSchema } from '../internal/template.js';

const node = z
  .string()
  .max(1_000)
  .regex(
    /^(?:[A-Za-z]\w*;)?(?:ns=\d{1,5};)?[isgb]=.+$/,
    "a node such as 'ns=2;s=Reactor.Setpoint', or 'NAME;s=Reactor.Setpoint' with NAME of 'namespaces'",
  );

const writeSchema = z.strictObject({
  node,
  value: templateSchema.describe('with places for what a request has: {temperature as °C}'),
  within: z.number().nonnegative().optional().describe('how far from it a number may be that is read back'),
});
/** A value that is written to a variable, and read back. */
export type Write = z.infer<typeof writeSchema>;
const callSchema = z.strictObject({
  object: node,
  method: node,
  arguments: z.record(z.string().min(1), templateSchema).default({}).describe('by their names in the server'),
});
/** A method with its arguments. */
export type Call = z.infer<typeof callSchema>;
const actionSchema = z.union([
  z.strictObject({ call: callSchema }),
  z.strictObject({ write: z.array(writeSchema).min(1) }),
]);
/** What is done to a device: a method called, or variables written. */
export type Action = z.infer<typeof actionSchema>;

/** Strict schema of the adapter's settings. */
export const opcuaSettings = z.strictObject({
  url: z.url({ protocol: /^opc\.tcp$/, error: 'an address with opc.tcp://' }),
  namespaces: z
    .record(z.string().regex(/^[A-Za-z]\w*$/), z.string().min(1))
    .default({})
    .describe('names for namespaces, whose numbers may change: {r: "urn:lab:reactor"}'),
  security: z
    .strictObject({
      mode: z.enum(['None', 'Sign', 'SignAndEncrypt']),
      policy: z.enum(['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']),
    })
    .refine(
      ({ mode, policy }) => (mode === 'None') === (policy === 'None'),
      "mode and policy are both 'None', or none of them",
    )
    .default({ mode: 'None', policy: 'None' }),
  certificates: z
    .string()
    .min(1)
    .optional()
    .describe("folder of our certificate and key, made there on first use; in the instrument's folder where absent"),
  trust: z
    .string()
    .min(1)
    .optional()
    .describe("file with the server's certificate (PEM or DER), which alone is trusted"),
  user: z.string().optional(),
  password: z.strictObject({ from: variableSchema }).optional().describe("the worker's variable that holds it"),
  userCertificate: z
    .string()
    .min(1)
    .optional()
    .describe('file with the certificate (PEM or DER) by which a user is known, in place of name and password'),
  userKey: z
    .string()
    .min(1)
    .optional()
    .describe('file with its private key (PEM), which nobody else should be able to read'),
  timeout: durationSchema.default('10s').describe('of a connection, and of each answer'),
  poll: durationSchema.default('1s').describe('between two looks at a run'),
  replyLimit: z
    .number()
    .int()
    .min(64 * 2 ** 10)
    .max(64 * 2 ** 20)
    .default(replyLimit)
    .describe('bytes of an answer'),
  set: z
    .array(writeSchema)
    .default([])
    .describe('variables that are written and read back before the start; what they set moves nothing by itself'),
  start: z
    .union([
      z.strictObject({ call: callSchema, limit: durationSchema.default('10min') }),
      z.strictObject({ write: writeSchema.omit({ within: true }) }),
    ])
    .describe('a method that is called, which may take up to limit, or a variable that is written'),
  refused: z
    .array(z.string().regex(/^Bad[A-Za-z0-9]+$/))
    .default(['BadOutOfRange', 'BadInvalidArgument', 'BadTypeMismatch', 'BadArgumentsMissing', 'BadTooManyArguments'])
    .describe('status codes of the start that say that nothing was begun, for what was asked for'),
  busy: z
    .array(z.string().regex(/^Bad[A-Za-z0-9]+$/))
    .default(['BadInvalidState', 'BadTooManyOperations', 'BadServerTooBusy'])
    .describe('status codes of the start that say that nothing was begun, and that it may be tried again'),
  status: z
    .strictObject({
      node,
      states: z
        .partialRecord(z.enum(jobStates), z.array(wordSchema).min(1))
        .describe('which values mean which state; any other means that nobody can tell'),
      progress: node.optional().describe('share done, 0 to 1'),
      message: node.optional(),
      limit: durationSchema.default('24h').describe('a run of so long is unknown'),
    })
    .optional()
    .describe('the variable that tells how the run stands; without it the run is over when the method answers'),
  key: node
    .optional()
    .describe('variable in which the device shows the key of the run that it has, given to it by set or start'),
  read: z
    .record(z.string().regex(/^[A-Za-z]\w*$/), node)
    .default({})
    .describe('variables that are read when the run has ended, by names for values'),
  ...besideShape,
  values: outcomesSchema.describe("where each outcome stands: a name of 'read', or 'outputs.NAME' of the method"),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where it stands; a campaign file fills in the fidelity's"),
  failure: failureSchema.describe("what the value of the state ('state') and the message ('message') mean"),
  cancel: actionSchema.optional(),
  safeStop: actionSchema.optional().describe('brings the device to a safe state; cancel where absent'),
});
/** How to talk to a device behind an OPC UA server. */
export type OpcuaSettings = z.infer<typeof opcuaSettings>;
