"""What to do: ordered lists of steps, one package a generation of Kubernetes."""

from __future__ import annotations

from kwizard.cluster.model import Cluster, RecipeName
from kwizard.recipes.classic import classic
from kwizard.recipes.modern import modern
from kwizard.recipes.step import RecipeSteps

_RECIPES = {RecipeName.CLASSIC: classic, RecipeName.MODERN: modern}


def steps_for(cluster: Cluster) -> RecipeSteps:
    """The steps of the recipe that `cluster` names. Raises InvalidInput where it does not fit."""
    return _RECIPES[cluster.recipe](cluster)
