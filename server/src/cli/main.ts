import { Command } from 'commander';
import { serveCommand } from './serve-command.ts';

const program = new Command('isolet-server').description('A functions platform from one command.');

program
  .command('serve')
  .description('Serve what the data folder has: gateway, administration, page.')
  .option('-c, --config <file>', 'configuration file (default: isolet.toml or isolet.json in this folder)')
  .action(serveCommand);

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
