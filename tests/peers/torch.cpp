// SPDX-License-Identifier: Apache-2.0
// PyTorch: test/optim/tests.json on Rosenbrock's function as test/test_optim.py runs it: 2,000 steps from (1.5, 1.5), which must not lead
// away from (1, 1). What a setting leaves open is the rule's preset for torch.
#include "tests/peers/cases.hpp"
#include "tests/peers/functions.hpp"

namespace peers {

std::vector<Case> torch_cases() {
  const std::vector<std::string> settings{
      "adadelta:preset=torch",
      "adadelta:preset=torch,rho=0.95",
      "adadelta:preset=torch,rho=0.95,epsilon=1e-3",
      "adadelta:preset=torch,weight_decay=0.2,decay=l2",
      "adagrad:preset=torch",
      "adam:preset=torch",
      "adam:preset=torch,learning_rate=1e-4",
      "adam:preset=torch,learning_rate=1e-4,beta1=0.92",
      "adam:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96",
      "adam:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96,epsilon=1e-3",
      "adam:preset=torch,learning_rate=1e-4,weight_decay=0.1,decay=l2",
      "radam:preset=torch",
      "radam:preset=torch,learning_rate=1e-4",
      "radam:preset=torch,learning_rate=1e-4,beta1=0.92",
      "radam:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96",
      "radam:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96,epsilon=1e-3",
      "radam:preset=torch,learning_rate=1e-4,weight_decay=0.1,decay=l2",
      "adamw:preset=torch",
      "adamw:preset=torch,learning_rate=1e-4",
      "adamw:preset=torch,learning_rate=1e-4,beta1=0.92",
      "adamw:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96",
      "adamw:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96,epsilon=1e-3",
      "adamw:preset=torch,learning_rate=1e-4,weight_decay=0.1",
      "adamax:preset=torch",
      "adamax:preset=torch,learning_rate=1e-4",
      "adamax:preset=torch,learning_rate=1e-4,beta1=0.92",
      "adamax:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96",
      "adamax:preset=torch,learning_rate=1e-4,beta1=0.92,beta2=0.96,epsilon=1e-3",
      "asgd:learning_rate=1e-4",
      "asgd:learning_rate=1e-4,lambd=1e-2",
      "asgd:learning_rate=1e-4,lambd=1e-2,alpha=0.9",
      "asgd:learning_rate=1e-4,lambd=1e-2,alpha=0.9,t0=10",
      "nesterov:learning_rate=1e-4",
      "nesterov:learning_rate=1e-4,weight_decay=0.3,decay=l2",
      "nesterov:learning_rate=1e-4,momentum=0.95",
      "nesterov:learning_rate=1e-4,momentum=0.95,dampening=0.8",
      "rmsprop:preset=torch",
      "rmsprop:preset=torch,learning_rate=1e-4",
      "rmsprop:preset=torch,learning_rate=1e-4,rho=0.95",
      "rmsprop:preset=torch,learning_rate=1e-4,rho=0.95,epsilon=1e-3",
      "rmsprop:preset=torch,weight_decay=0.2,decay=l2",
      "rprop:learning_rate=0.1",
      "rprop:learning_rate=0.05",
      "rprop:learning_rate=0.05,eta_plus=1.15",
      "rprop:learning_rate=0.05,eta_plus=1.15,eta_minus=0.6",
      "rprop:learning_rate=0.05,eta_plus=1.15,eta_minus=0.6,step_max=1,step_min=1e-3",
      "sgd:learning_rate=1e-3",
      "sgd:learning_rate=1e-4",
      "momentum:preset=torch,learning_rate=1e-4,momentum=0.95,dampening=0.9",
      "nesterov:preset=torch,learning_rate=1e-4,momentum=0.95",
      "sgd:learning_rate=1e-3,weight_decay=0.2,decay=l2",
      "l-bfgs",
      "l-bfgs:learning_rate=0.1",
  };
  std::vector<Case> cases;
  for (const std::string& setting : settings) {
    cases.push_back({"torch",
                     "rosenbrock",
                     objective(rosenbrock),
                     {1.5, 1.5},
                     {.optimizer = setting, .steps = 2000},
                     {.point = {1, 1}, .nearer = true}});
  }
  Case slowing = cases.front();
  slowing.how = {.optimizer = "nesterov:learning_rate=1e-4", .schedule = "inverse_time:rate=0.1,every=1", .steps = 2000};
  cases.push_back(slowing);
  return cases;
}

}  // namespace peers
