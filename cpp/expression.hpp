// Arithmetic that a user wrote, evaluated for many synapses at once.
//
// An expression is a list of steps in postfix order. Each step is a loop over a block of synapses,
// so that what it costs to look a step up is shared by all of the block, and the loops are ones
// that the compiler vectorises. What is equal for all synapses stays one number.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace postdict {

enum class Operation {
    constant,
    variable,
    negative,
    abs,
    exp,
    log,
    sqrt,
    add,
    subtract,
    multiply,
    divide,
    power,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    min,
    max,
    where,
};

// By which names Python has them, in the same order.
inline constexpr std::array<std::string_view, 21> operation_names = {
    "constant", "variable",      "negative", "abs",       "exp",   "log",  "sqrt",
    "add",      "subtract",      "multiply", "divide",    "power", "less", "less_equal",
    "greater",  "greater_equal", "equal",    "not_equal", "min",   "max",  "where"};

struct ExpressionStep {
    Operation operation;
    double constant = 0.0;
    std::size_t variable = 0;
};

// Of each synapse of a block, or one for all.
struct Values {
    const double* each = nullptr;
    double all = 0.0;
    double operator[](std::size_t k) const { return each != nullptr ? each[k] : all; }
};

class Expression {
  public:
    static constexpr std::size_t block = 128;

    // Room for what one evaluation at a time holds on its way.
    struct Workspace {
        std::vector<double> results;  // (n_steps, block): no loop reads what it writes
        std::vector<Values> stack;
    };

    // Throws invalid_argument where the steps do not leave one value of n_variables.
    Expression(std::vector<ExpressionStep> steps, std::size_t n_variables);

    bool uses(std::size_t variable) const;
    // Of n <= block synapses; valid until the next call with this workspace.
    Values evaluate(const std::vector<Values>& variables, std::size_t n, Workspace& work) const;

  private:
    std::vector<ExpressionStep> steps_;
};

}  // namespace postdict
