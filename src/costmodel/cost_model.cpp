#include "src/costmodel/cost_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/files.h"

namespace opline::costmodel {

const Term* LinearForm::term(std::string_view name) const {
  const auto found =
      std::find_if(terms.begin(), terms.end(), [&](const Term& one) { return one.name == name; });
  return found == terms.end() ? nullptr : &*found;
}

double LinearForm::estimate(std::string_view name) const {
  const Term* found = term(name);
  return found == nullptr ? 0 : found->estimate;
}

std::string Model::title() const { return fmt::format("{}, {}", to_string(of), to_string(kind)); }

const KernelForm* Model::form(std::string_view kernel) const {
  const auto found = std::find_if(forms.begin(), forms.end(),
                                  [&](const KernelForm& one) { return one.kernel == kernel; });
  return found == forms.end() ? nullptr : &*found;
}

const Model* CostModel::model(Response of, ModelKind kind) const {
  const auto found = std::find_if(models.begin(), models.end(), [&](const Model& one) {
    return one.of == of && one.kind == kind;
  });
  return found == models.end() ? nullptr : &*found;
}

CostModel load_cost_model(const std::filesystem::path& path) {
  return cost_model_from_json(parse_json(read_file(path), path.string()), path.string());
}

std::string cost_model_text(const CostModel& model, const std::string& name) {
  const Json json = to_json(model);
  (void)cost_model_from_json(json, name);
  return to_text(json);
}

void write_cost_model(const std::filesystem::path& path, const CostModel& model) {
  write_file_atomically(path, cost_model_text(model, path.string()));
}

}  // namespace opline::costmodel
