import { testViews } from './axe.ts';

testViews('light');
