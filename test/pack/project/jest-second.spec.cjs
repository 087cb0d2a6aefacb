// The same tests in a second file: jest gives it a module registry of its own, and the addon is loaded already.
require('./jest.spec.cjs');
