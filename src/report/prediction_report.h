// src/report/prediction_report.h - what the models of a file say about one network.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/costmodel/prediction.h"
#include "src/report/record.h"

namespace opline::report {

/// One model's answer.
struct ModelAnswer {
  const costmodel::Model* model = nullptr;
  Result<costmodel::Prediction> prediction = NoValue("not asked");
  /// Of a budget in the unit of the model: whether the prediction with its margin keeps it. None
  /// without a budget of this response or without a margin.
  std::optional<bool> within_budget;
};

/// A network with the answers to it.
struct PredictionView {
  std::string name;                  ///< May be empty.
  std::optional<std::uint64_t> ops;  ///< Of the network.
  std::vector<ModelAnswer> answers;
  /// What simulated seconds of the cost model were calibrated with; empty where they were not.
  std::string calibration = {};
};

/// A table, with a line for each reason to be careful. Ends with a newline.
[[nodiscard]] std::string text_of(const PredictionView& view);
/// docs/formats/predictions.md.
[[nodiscard]] Json to_json(const PredictionView& view);

}  // namespace opline::report
