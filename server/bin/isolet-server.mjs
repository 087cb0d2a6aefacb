#!/usr/bin/env node
// The command. It is here, and not in dist/, so that npm finds it in a clone that has not been built yet.
import '../dist/cli.js';
