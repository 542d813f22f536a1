"""Kernels for nbval that are forked from one that has pandas, Ibis and Matplotlib imported.

``python -m pytest -p tools.warm_nbval --nbval-lax notebooks`` saves the imports of each notebook.
The cells are those of the notebook, in a name space of their own. Where a system cannot fork,
kernels start as ever.
"""

from __future__ import annotations

import contextlib
from importlib.metadata import EntryPoint
from typing import Any

import nbval.kernel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from kamkit.run import warm

NAME = "kamkit-warm-nbval"


class Provisioner(warm.WarmProvisioner):
    """Forks a kernel that works in the folder of its notebook."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel; a fork takes the folder from the process that asks for it."""
        with contextlib.chdir(kwargs["cwd"]):
            return await super().launch_kernel(cmd, **kwargs)


class Specs(nbval.kernel.NbvalKernelspecManager):
    """Gives the interpreter of nbval, warm where that is possible."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return nbval's own answer, with our way to start it."""
        found = super().get_kernel_spec(kernel_name)
        warm.warm_up()
        if warm.can_fork():
            found.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        return found


def pytest_configure() -> None:
    """Make our kernels known to nbval, in this process only."""
    known = KernelProvisionerFactory.instance().provisioners
    group = KernelProvisionerFactory.GROUP_NAME
    known[NAME] = EntryPoint(NAME, f"{__name__}:{Provisioner.__name__}", group)
    nbval.kernel.NbvalKernelspecManager = Specs
