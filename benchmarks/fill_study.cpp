// benchmarks/fill_study.cpp - fills a study with made-up outcomes (made_up_outcomes.h).
//
//   fill_study STUDY           enters an imported setup, board `made-up`, with an outcome for every
//                              network of every drawn campaign
//   fill_study STUDY SETUP_ID  the same for what is pending under a setup of the study, to time how
//                              a finished campaign resumes. Such a file is for that only: its
//                              outcomes look like measurements and are none.
#include "benchmarks/made_up_outcomes.h"

#include <fmt/format.h>

#include <cstdio>

#include "src/base/error.h"

namespace opline {
namespace {

int run(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    fmt::print(stderr, "usage: fill_study STUDY [SETUP_ID]\n");
    return 2;
  }
  store::Study study = store::Study::open(argv[1], store::Mode::read_write, utc_now());
  const std::string setup = argc == 3 ? argv[2] : made_up_setup(study);
  for (const store::CampaignRow& campaign : study.campaigns()) {
    if (campaign.campaign.seed)
      fmt::print("{}: {} outcomes\n", campaign.space_name, fill(study, campaign, setup));
  }
  return 0;
}

}  // namespace
}  // namespace opline

int main(int argc, char** argv) {
  try {
    return opline::run(argc, argv);
  } catch (const opline::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
