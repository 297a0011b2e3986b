#include "notebooks_export/measurements_csv.h"

#include "notebooks_export/drawn_networks.h"
#include "src/base/csv.h"

namespace opline::notebooks_export {
namespace {

void start_row(CsvWriter& csv, const CampaignRows& rows) {
  const store::NewCampaign& campaign = rows.campaign.campaign;
  csv.text(rows.campaign.space_name).text(campaign.prior).integer(campaign.seed);
}

void end_row(CsvWriter& csv, const store::SetupRow& row, const Sink& sink) {
  const measure::Setup& setup = row.setup;
  csv.text(setup.board)
      .text(to_string(setup.runner))
      .text(setup.runtime.text())
      .integer(setup.clock_hz);
  csv.text(setup.timing_model).text(row.id);
  csv.end_row();
  constexpr std::size_t kPart = 1 << 20;  // bytes handed over
  if (sink && csv.str().size() >= kPart) sink(csv.take());
}

}  // namespace

std::string measurements_csv(const std::vector<CampaignRows>& campaigns,
                             const std::vector<std::string>& comments, const Sink& sink) {
  CsvWriter csv(
      {"space",    "prior", "seed",   "network",    "architecture", "draws",        "outcome",
       "reason",   "ops",   "macs",   "parameters", "layers",       "cycles",       "latency_s",
       "energy_j", "board", "runner", "runtime",    "clock_hz",     "timing_model", "setup"},
      comments);
  for (const CampaignRows& rows : campaigns) {
    const store::SetupRow& setup = rows.series.setup;
    for (const store::MeasurementRow& row : rows.series.rows) {
      start_row(csv, rows);
      csv.text(row.network).text(row.architecture).integer(static_cast<std::uint64_t>(row.draws));
      csv.text(to_string(measure::OutcomeKind::measured)).text("");
      csv.integer(row.ops)
          .integer(row.macs)
          .integer(row.parameters)
          .integer(row.layer_count)
          .integer(row.cycles);
      csv.number(latency_seconds(row.cycles, row.seconds, setup.setup)).number(row.joules);
      end_row(csv, setup, sink);
    }
    for (const store::FailureRow& row : rows.failures) {
      start_row(csv, rows);
      csv.text(row.network).text(row.architecture).integer(static_cast<std::uint64_t>(row.draws));
      csv.text(to_string(row.kind)).text(row.reason).integer(row.ops);
      for (int unknown = 0; unknown < 4; ++unknown) csv.integer(std::nullopt);
      csv.number(std::nullopt).number(std::nullopt);
      end_row(csv, setup, sink);
    }
  }
  return csv.str();
}

}  // namespace opline::notebooks_export
