// src/costmodel/python_package.h - cost models as a Python package that pip installs from its
// folder: the files of data/python with the models beside them. docs/python.md.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "src/costmodel/cost_model.h"

namespace opline::costmodel {

struct NamedCostModel {
  std::string name;  ///< Of its file, without extension.
  CostModel file;
};

/// Writes the package into `folder`, which is created; a package that is there already is replaced
/// with its cost models. Throws Error{usage} for a folder that holds anything else; Error{io}
/// naming the path; Error{input} as cost_model_text(); Error{missing_tool} where data/python is
/// missing.
void write_python_package(const std::filesystem::path& folder,
                          const std::vector<NamedCostModel>& models);

}  // namespace opline::costmodel
