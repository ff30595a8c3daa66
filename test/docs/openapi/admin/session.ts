import { nothing, type Said } from '../operation.ts';
import { object, oneOf, ref, said, text, time, truth } from '../schema.ts';
import { type AdminPart, done, OF_ADMIN_BODIES, ok } from './admin.ts';

const session = {
  name: 'ada',
  role: 'operator',
  csrf: 'kT0n4Y8l2lQm3a1q6Vg0zX5c9r7bW2eH8uJ4sD6fG1A',
  expiresAt: '2026-03-07T04:05:02.000Z',
};

const sent = (what: string): Said => ({
  ...nothing(what),
  headers: ['Cache-Control', 'Location', 'Set-Cookie'],
});

export const SESSION: AdminPart = {
  tag: 'Signing in',
  schemas: {
    Session: object({
      name: text,
      role: oneOf(['viewer', 'operator']),
      'csrf?': said(text, 'For X-CSRF-Token. Absent for a program, which has no session.'),
      'expiresAt?': time,
    }),
  },
  operations: {
    'GET /sign-in': {
      id: 'signInWays',
      summary: 'Which ways there are to sign in',
      answers: {
        200: ok('The ways.', object({ token: truth, 'oidc?': object({ issuer: text }) }), { token: true }),
      },
    },
    'POST /session': {
      id: 'signIn',
      summary: 'Begins a session for a token',
      body: {
        schema: object({ token: { type: 'string', pattern: '\\S', maxLength: 4096 } }),
        example: { token: 'operator-token-of-ada' },
      },
      answers: {
        200: {
          ...ok('Somebody is signed in; the cookie is `gradebridge_session`.', ref('Session'), session),
          headers: ['Cache-Control', 'Set-Cookie'],
        },
      },
      errors: [...OF_ADMIN_BODIES, 'ADMIN_UNAUTHORISED', 'TOO_MANY_FAILURES'],
    },
    'GET /session': {
      id: 'session',
      summary: 'Who one is',
      answers: { 200: ok('Name and role, and the session if there is one.', ref('Session'), session) },
    },
    'DELETE /session': {
      id: 'signOut',
      summary: 'Ends the session',
      answers: { 204: { ...done, headers: ['Cache-Control', 'Set-Cookie'] } },
    },
    'GET /oidc/start': {
      id: 'oidcStart',
      summary: 'Sends the browser to the OpenID provider',
      description: 'There only where `admin.oidc` is configured.',
      answers: { 303: sent('To the provider, or back to `/console/?refused=CODE`, without a cookie then.') },
    },
    'GET /oidc/callback': {
      id: 'oidcCallback',
      summary: 'Where the provider sends the browser back to',
      description: 'There only where `admin.oidc` is configured.',
      query: { 'code?': text, 'state?': text, 'error?': text },
      answers: { 303: sent('To `/console/`, or to `/console/?refused=CODE`, without a cookie then.') },
    },
  },
};
