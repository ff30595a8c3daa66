import { test } from 'node:test';
import { noPostgres } from '../store/databases.ts';
import { runShort } from './short.ts';

test(
  'two gateways on PostgreSQL, killed again and again: no grade is lost, doubled or stale',
  {
    skip: noPostgres,
  },
  () => runShort('postgres'),
);
