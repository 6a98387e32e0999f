// Expressions: every operation against plain arithmetic, of one number and of many; what is
// refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "elementary.hpp"
#include "expression.hpp"
#include "random.hpp"

using postdict::Expression;
using postdict::ExpressionStep;
using postdict::Operation;
using postdict::Random;
using postdict::Values;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

ExpressionStep a_variable(std::size_t index) {
    return {Operation::variable, 0.0, index};
}

// Plain C++, by which each operation is checked.
double plain(Operation operation, double a, double b, double c) {
    switch (operation) {
        case Operation::negative:
            return -a;
        case Operation::abs:
            return std::abs(a);
        case Operation::exp:
            return postdict::elementary::exp(a);
        case Operation::log:
            return postdict::elementary::log(a);
        case Operation::sqrt:
            return std::sqrt(a);
        case Operation::add:
            return a + b;
        case Operation::subtract:
            return a - b;
        case Operation::multiply:
            return a * b;
        case Operation::divide:
            return a / b;
        case Operation::power:
            return postdict::elementary::pow(a, b);
        case Operation::less:
            return a < b ? 1.0 : 0.0;
        case Operation::less_equal:
            return a <= b ? 1.0 : 0.0;
        case Operation::greater:
            return a > b ? 1.0 : 0.0;
        case Operation::greater_equal:
            return a >= b ? 1.0 : 0.0;
        case Operation::equal:
            return a == b ? 1.0 : 0.0;
        case Operation::not_equal:
            return a != b ? 1.0 : 0.0;
        case Operation::min:
            return std::min(a, b);
        case Operation::max:
            return std::max(a, b);
        default:
            return a != 0.0 ? b : c;
    }
}

std::size_t n_operands(Operation operation) {
    return operation < Operation::add ? 1 : operation == Operation::where ? 3 : 2;
}

bool same(double x, double y) {
    return x == y || (std::isnan(x) && std::isnan(y));
}

}  // namespace

TEST_CASE("each operation gives the bits of plain arithmetic, of one value and of many") {
    Random random(1, "expression");
    Expression::Workspace work;
    for (int number = 2; number < 21; ++number) {
        const auto operation = static_cast<Operation>(number);
        std::vector<ExpressionStep> steps;
        for (std::size_t k = 0; k < n_operands(operation); ++k) steps.push_back(a_variable(k));
        steps.push_back({operation});
        const Expression expression(steps, 3);
        for (unsigned many = 0; many < 8; ++many) {
            const std::size_t n = many == 0 ? 1 : random.below(Expression::block) + 1;
            std::vector<std::vector<double>> values(3, std::vector<double>(n));
            std::vector<Values> variables;
            for (std::size_t v = 0; v < 3; ++v) {
                for (double& x : values[v]) x = static_cast<double>(random.below(5)) - 1.0;
                const bool each = (many >> v & 1U) != 0;
                if (!each) std::fill(values[v].begin(), values[v].end(), values[v][0]);
                variables.push_back(each ? Values{values[v].data()}
                                         : Values{nullptr, values[v][0]});
            }
            const Values found = expression.evaluate(variables, n, work);
            CAPTURE(postdict::operation_names[static_cast<std::size_t>(number)]);
            for (std::size_t k = 0; k < n; ++k)
                REQUIRE(same(found[k], plain(operation, values[0][k], values[1][k], values[2][k])));
        }
    }
}

TEST_CASE("min and max of a number and no number are no number") {
    Expression::Workspace work;
    for (const Operation operation : {Operation::min, Operation::max}) {
        const Expression expression({a_variable(0), a_variable(1), {operation}}, 2);
        for (const auto& [a, b] : {std::pair{no_number, 1.0}, std::pair{1.0, no_number}})
            CHECK(std::isnan(expression.evaluate({{nullptr, a}, {nullptr, b}}, 1, work)[0]));
    }
}

TEST_CASE("a workspace serves expressions of any length in turn") {
    Expression::Workspace work;
    const std::vector<double> w{1.0, 2.0, 3.0};
    // (w + 2) * -w, and w.
    const Expression longer({a_variable(0),
                             {Operation::constant, 2.0},
                             {Operation::add},
                             a_variable(0),
                             {Operation::negative},
                             {Operation::multiply}},
                            1);
    const Expression shorter({a_variable(0)}, 1);
    for (int turn = 0; turn < 3; ++turn)
        for (std::size_t k = 0; k < 3; ++k) {
            CHECK(shorter.evaluate({{w.data()}}, 3, work)[k] == w[k]);
            CHECK(longer.evaluate({{w.data()}}, 3, work)[k] == (w[k] + 2.0) * -w[k]);
        }
    CHECK(longer.uses(0));
    CHECK_FALSE(Expression({{Operation::constant, 1.0}}, 1).uses(0));
}

TEST_CASE("steps that do not leave one value are refused") {
    CHECK_THROWS_AS(Expression({}, 1), std::invalid_argument);
    CHECK_THROWS_AS(Expression({{Operation::add}}, 1), std::invalid_argument);
    CHECK_THROWS_AS(Expression({{Operation::constant, 1.0}, {Operation::constant, 2.0}}, 1),
                    std::invalid_argument);
    CHECK_THROWS_AS(
        Expression({{Operation::constant, 1.0}, {Operation::constant, 2.0}, {Operation::where}}, 1),
        std::invalid_argument);
    CHECK_THROWS_AS(Expression({a_variable(1)}, 1), std::invalid_argument);
}
