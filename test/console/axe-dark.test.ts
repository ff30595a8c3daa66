import { testViews } from './axe.ts';

testViews('dark');
