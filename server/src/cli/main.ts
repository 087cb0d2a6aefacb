import { Command } from 'commander';
import { backupCommand, restoreCommand } from './backup-commands.ts';
import { serveCommand } from './serve-command.ts';

const program = new Command('isolet-server').description('A functions platform from one command.');

program
  .command('serve')
  .description('Serve what the data folder has: gateway, administration, page.')
  .option('-c, --config <file>', 'configuration file (default: isolet.toml or isolet.json in this folder)')
  .action(serveCommand);

const withData = (command: Command) =>
  command
    .option('-c, --config <file>', 'configuration file (default: isolet.toml or isolet.json in this folder)')
    .option('-d, --data <folder>', 'data folder (default: as configured)')
    .option('--json', 'answer as JSON');

withData(program.command('backup <folder>'))
  .description('Copy everything that is kept into a new folder, also while the server runs.')
  .action(backupCommand);

withData(program.command('restore <folder>'))
  .description('Bring back a copy, while the server is stopped. What was there is kept beside it.')
  .action(restoreCommand);

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
