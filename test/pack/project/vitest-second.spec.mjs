// The same tests in a second file, which may share its process with the first.
import './vitest.spec.mjs';
