// The command `isolet`: reads the arguments, and loads only what they ask for.
import { parseCommand, usage } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage);
      return exitCodes.ok;
    case 'version': {
      const { packageVersion } = await import('./version.ts');
      console.log(packageVersion());
      return exitCodes.ok;
    }
    case 'misuse':
      console.error(`isolet: ${command.message}\nisolet --help says how it is used.`);
      return exitCodes.misuse;
    case 'build': {
      const { buildFromSource } = await import('./build.ts');
      return buildFromSource();
    }
    case 'run': {
      const { runGuest } = await import('./run.ts');
      return runGuest(command);
    }
  }
}

process.exitCode = await main();
