// Mocha's reporter for `npm test`: prints what somebody has to read (failures and what was skipped) and leaves the counts
// where the caller asked for them, since a sum over many runs cannot be read off their text.
const fs = require('node:fs');
const Mocha = require('mocha');

const { EVENT_RUN_BEGIN, EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } =
  Mocha.Runner.constants;

/** Where a run leaves `{ passed, failed, skipped }` as JSON. Without it nothing is written. */
const reportVariable = 'MQTT_WORKBENCH_REPORT';

class CountingReporter extends Mocha.reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const started = [];
    runner.once(EVENT_RUN_BEGIN, () => started.push(runner.total));
    runner.on(EVENT_TEST_PASS, () => counts.passed++);
    runner.on(EVENT_TEST_PENDING, (test) => {
      counts.skipped++;
      console.log(`  skipped: ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      counts.failed++;
      console.log(`  failed: ${test.fullTitle()}\n${indented(describe(error))}`);
    });
    runner.once(EVENT_RUN_END, () => {
      // A run that finds nothing to do has not shown anything.
      if (started[0] === 0) {
        counts.failed++;
        console.log('  failed: there is no test to run');
      }
      const report = process.env[reportVariable];
      if (report) fs.writeFileSync(report, JSON.stringify(counts));
    });
  }
}

/** An AssertionError's own message already shows what differs. */
function describe(error) {
  return error.stack ?? error.message ?? String(error);
}

function indented(text) {
  return text.replace(/^/gm, '    ');
}

module.exports = CountingReporter;
